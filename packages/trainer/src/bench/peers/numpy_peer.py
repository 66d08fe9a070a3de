"""NumPy as a peer of `bench`: a network with one hidden layer, trained by gradient descent.

Two variants, selected by the first argument:

  float32   x as rows, minibatches, shuffled every epoch, as in micronn. Large results are written to buffers allocated before
            the first epoch, wherever NumPy can.
  tutorial  x as columns, float64, all samples in every step, in order: the algorithm of the tutorial's notebook.

Written from the mathematics:

  z1 = W1 x + b1, a1 = max(z1, 0), z2 = W2 a1 + b2, a2 = softmax(z2)
  dz2 = (a2 - onehot(y)) / m, dW2 = dz2 a1ᵀ, db2 = Σ dz2, dz1 = W2ᵀ dz2 where z1 > 0, dW1 = dz1 xᵀ, db1 = Σ dz1

The second argument is the task as JSON (see peer-process.ts). One JSON line in, one out, until the input ends.
The milliseconds of an epoch cover gradients and steps; the order is drawn before the clock starts, as for micronn.
"""

import json
import platform
import sys
import time

import numpy as np


def read(task, name):
    part = task[name]
    images = np.fromfile(part["images"], np.uint8).reshape(part["count"], task["layers"][0])
    return images, np.fromfile(part["labels"], np.uint8)


def draw(random, shape, init, inputs):
    if init == "he":
        return random.normal(0.0, np.sqrt(2.0 / inputs), shape)
    return random.uniform(-0.5, 0.5, shape)


class Float32:
    def __init__(self, task):
        self.random = np.random.default_rng(task["seed"])
        inputs, hidden, classes = task["layers"]
        images, labels = read(task, "train")
        self.x = images.astype(np.float32) / np.float32(255)
        self.onehot = np.eye(classes, dtype=np.float32)[labels]
        images, self.test_labels = read(task, "test")
        self.test_x = images.astype(np.float32) / np.float32(255)
        init = task["init"]
        biases = 0.0 if init == "he" else 1.0
        # Input-major, so that both products of a layer run along rows.
        self.W1 = draw(self.random, (inputs, hidden), init, inputs).astype(np.float32)
        self.b1 = (biases * draw(self.random, hidden, init, inputs)).astype(np.float32)
        self.W2 = draw(self.random, (hidden, classes), init, hidden).astype(np.float32)
        self.b2 = (biases * draw(self.random, classes, init, hidden)).astype(np.float32)
        self.batch = task["batchSize"]
        self.rate = np.float32(task["learningRate"])
        self.gathered = np.empty((self.batch, inputs), np.float32)
        self.dW1 = np.empty_like(self.W1)

    def epoch(self):
        order = self.random.permutation(len(self.x))
        begin = time.perf_counter()
        for start in range(0, len(order), self.batch):
            self.step(order[start : start + self.batch])
        return time.perf_counter() - begin

    def step(self, places):
        m = len(places)
        x = self.gathered[:m]
        # This mode saves NumPy a copy; every index is in range.
        np.take(self.x, places, axis=0, out=x, mode="clip")
        a1 = x @ self.W1
        a1 += self.b1
        np.maximum(a1, 0, out=a1)
        a2 = a1 @ self.W2
        a2 += self.b2
        a2 -= a2.max(axis=1, keepdims=True)
        np.exp(a2, out=a2)
        a2 /= a2.sum(axis=1, keepdims=True)
        a2 -= self.onehot[places]
        # Learning rate and batch size are applied here, to the smallest matrix.
        a2 *= self.rate / np.float32(m)
        dz1 = a2 @ self.W2.T
        dz1 *= a1 > 0
        np.matmul(x.T, dz1, out=self.dW1)
        self.W2 -= a1.T @ a2
        self.b2 -= a2.sum(axis=0)
        self.W1 -= self.dW1
        self.b1 -= dz1.sum(axis=0)

    def accuracy(self):
        a1 = np.maximum(self.test_x @ self.W1 + self.b1, 0)
        return float(np.mean((a1 @ self.W2 + self.b2).argmax(axis=1) == self.test_labels))


class Tutorial:
    def __init__(self, task):
        random = np.random.default_rng(task["seed"])
        inputs, hidden, classes = task["layers"]
        images, self.labels = read(task, "train")
        self.x = np.ascontiguousarray((images / 255.0).T)
        images, self.test_labels = read(task, "test")
        self.test_x = (images / 255.0).T
        self.classes = classes
        self.W1 = random.uniform(-0.5, 0.5, (hidden, inputs))
        self.b1 = random.uniform(-0.5, 0.5, (hidden, 1))
        self.W2 = random.uniform(-0.5, 0.5, (classes, hidden))
        self.b2 = random.uniform(-0.5, 0.5, (classes, 1))
        self.rate = task["learningRate"]

    def forward(self, x):
        z1 = self.W1 @ x + self.b1
        a1 = np.maximum(z1, 0)
        z2 = self.W2 @ a1 + self.b2
        e = np.exp(z2 - z2.max(axis=0, keepdims=True))
        return z1, a1, e / e.sum(axis=0, keepdims=True)

    def epoch(self):
        begin = time.perf_counter()
        m = self.x.shape[1]
        z1, a1, a2 = self.forward(self.x)
        onehot = np.zeros((self.classes, m))
        onehot[self.labels, np.arange(m)] = 1
        dz2 = a2 - onehot
        dW2 = dz2 @ a1.T / m
        db2 = dz2.sum(axis=1, keepdims=True) / m
        dz1 = (self.W2.T @ dz2) * (z1 > 0)
        dW1 = dz1 @ self.x.T / m
        db1 = dz1.sum(axis=1, keepdims=True) / m
        self.W1 -= self.rate * dW1
        self.b1 -= self.rate * db1
        self.W2 -= self.rate * dW2
        self.b2 -= self.rate * db2
        return time.perf_counter() - begin

    def accuracy(self):
        return float(np.mean(self.forward(self.test_x)[2].argmax(axis=0) == self.test_labels))


def tell(answer):
    print(json.dumps(answer), flush=True)


def main():
    kind, task = sys.argv[1], json.loads(sys.argv[2])
    network = {"float32": Float32, "tutorial": Tutorial}[kind](task)
    config = np.show_config(mode="dicts") if np.lib.NumpyVersion(np.__version__) >= "1.25.0" else {}
    blas = config.get("Build Dependencies", {}).get("blas", {})
    versions = {"python": platform.python_version(), "numpy": np.__version__}
    if blas:
        versions["blas"] = f"{blas.get('name')} {blas.get('version')}"
    tell({"versions": versions})
    for line in sys.stdin:
        match json.loads(line)["command"]:
            case "epoch":
                tell({"ms": 1000 * network.epoch()})
            case "accuracy":
                tell({"accuracy": network.accuracy()})


main()
