"""PyTorch as a peer of `bench`: a network with one hidden layer, float32, written with torch.nn in the usual way.

The task is JSON in the only argument (see peer-process.ts). One JSON line in, one out, until the input ends.
The milliseconds of an epoch cover gradients and steps; the order is drawn before the clock starts, as for micronn.
"""

import json
import platform
import sys
import time

import numpy as np
import torch


def read(task, name):
    part = task[name]
    images = np.fromfile(part["images"], np.uint8).reshape(part["count"], task["layers"][0])
    labels = np.fromfile(part["labels"], np.uint8).astype(np.int64)
    return torch.from_numpy(images.astype(np.float32) / np.float32(255)), torch.from_numpy(labels)


def main():
    task = json.loads(sys.argv[1])
    torch.manual_seed(task["seed"])
    inputs, hidden, classes = task["layers"]
    x, y = read(task, "train")
    test_x, test_y = read(task, "test")
    network = torch.nn.Sequential(
        torch.nn.Linear(inputs, hidden), torch.nn.ReLU(), torch.nn.Linear(hidden, classes)
    )
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if task["init"] != "he":
                parameter.uniform_(-0.5, 0.5)
            elif name.endswith("weight"):
                parameter.normal_(0.0, (2.0 / parameter.shape[1]) ** 0.5)
            else:
                parameter.zero_()
    optimizer = torch.optim.SGD(network.parameters(), lr=task["learningRate"])
    loss_of = torch.nn.CrossEntropyLoss()
    batch = task["batchSize"]
    full = batch >= len(x)

    def step(x, y):
        optimizer.zero_grad(set_to_none=True)
        loss_of(network(x), y).backward()
        optimizer.step()

    def epoch():
        order = torch.randperm(len(x))
        begin = time.perf_counter()
        if full:
            # Full batch: the order does not change the sum, so nothing is gathered.
            step(x, y)
        else:
            for start in range(0, len(order), batch):
                places = order[start : start + batch]
                step(x[places], y[places])
        return 1000 * (time.perf_counter() - begin)

    def accuracy():
        with torch.no_grad():
            return (network(test_x).argmax(dim=1) == test_y).float().mean().item()

    def tell(answer):
        print(json.dumps(answer), flush=True)

    tell({"versions": {"torch": f"{torch.__version__} (python {platform.python_version()})"}})
    for line in sys.stdin:
        match json.loads(line)["command"]:
            case "epoch":
                tell({"ms": epoch()})
            case "accuracy":
                tell({"accuracy": accuracy()})


main()
