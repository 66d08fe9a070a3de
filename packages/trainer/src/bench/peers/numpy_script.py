"""Trains 784-10-10 on MNIST with NumPy: python3 numpy_script.py <folder of the IDX files> <model.npz>"""

import sys
from pathlib import Path

import numpy as np

EPOCHS, BATCH_SIZE, LEARNING_RATE = 10, 64, 0.1


def load(folder, name):
    images = np.fromfile(folder / f"{name}-images-idx3-ubyte", np.uint8, offset=16).reshape(-1, 784)
    labels = np.fromfile(folder / f"{name}-labels-idx1-ubyte", np.uint8, offset=8)
    x = images.astype(np.float32)
    x /= 255
    return x, labels


def forward(x):
    a1 = np.maximum(x @ W1 + b1, 0)
    z2 = a1 @ W2 + b2
    z2 -= z2.max(axis=1, keepdims=True)
    exps = np.exp(z2)
    return a1, exps / exps.sum(axis=1, keepdims=True)


def score(probabilities, labels):
    """The sum of the losses, and the number of correct predictions."""
    of_labels = probabilities[np.arange(len(labels)), labels]
    return -np.log(np.maximum(of_labels, 1e-30)).sum(), (probabilities.argmax(axis=1) == labels).sum()


folder, model = Path(sys.argv[1]), sys.argv[2]
x_train, y_train = load(folder, "train")
x_test, y_test = load(folder, "t10k")
rng = np.random.default_rng(42)
W1, b1, W2, b2 = (
    rng.uniform(-0.5, 0.5, size).astype(np.float32) for size in [(784, 10), 10, (10, 10), 10]
)
for epoch in range(1, EPOCHS + 1):
    loss, correct = 0.0, 0
    order = rng.permutation(len(x_train))
    for at in range(0, len(order), BATCH_SIZE):
        batch = order[at : at + BATCH_SIZE]
        x, y = x_train[batch], y_train[batch]
        a1, probabilities = forward(x)
        batch_loss, batch_correct = score(probabilities, y)
        loss, correct = loss + batch_loss, correct + batch_correct
        dz2 = probabilities
        dz2[np.arange(len(y)), y] -= 1
        dz2 /= len(y)
        dz1 = (dz2 @ W2.T) * (a1 > 0)
        W2 -= LEARNING_RATE * (a1.T @ dz2)
        b2 -= LEARNING_RATE * dz2.sum(axis=0)
        W1 -= LEARNING_RATE * (x.T @ dz1)
        b1 -= LEARNING_RATE * dz1.sum(axis=0)
    test_loss, test_correct = score(forward(x_test)[1], y_test)
    print(
        f"epoch {epoch}/{EPOCHS}  loss {loss / len(order):.4f}  accuracy {correct / len(order):.4f}  "
        f"test loss {test_loss / len(y_test):.4f}  test accuracy {test_correct / len(y_test):.4f}"
    )
np.savez(model, W1=W1, b1=b1, W2=W2, b2=b2)
