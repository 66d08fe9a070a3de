// Draws the picture of the network for the root's README (docs/network.svg, with its own colours for light and
// dark) and for the start page (src/drawings/network.svg, in the page's colours). In this package's folder:
//
//   pnpm run draw
//
// All numbers are real: a network is trained on MNIST with core's reference (seed 42, batch 64, learning rate
// 0.1, 10 epochs, some seconds), and it classifies one test digit.
import { readFileSync, writeFileSync } from 'node:fs';
import {
  addSampleGradient,
  createNetwork,
  createRandomStream,
  createSampleWorkspace,
  forward,
  forwardSample,
  layerViews,
  type Network,
  permutationInto,
  sgdStep,
} from '@micronn/core';
import { digits } from '@micronn/fixtures';
import { readMnist } from '@micronn/fixtures/node';
import { drawNetwork, HEIGHT, type NetworkPicture, pictureRules, WIDTH } from '../src/drawings/network.ts';

const LAYERS = [784, 10, 10];
const SEED = 42;
const EPOCHS = 10;
const BATCH = 64;
const LEARNING_RATE = 0.1;
/** Index of the digit among the hundred of fixtures, which are ten of each class in order. */
const DIGIT = 55;

const here = (path: string): URL => new URL(path, import.meta.url);

function trainNetwork(): Network {
  const { images, labels } = readMnist('train', 0, 60_000);
  const network = createNetwork(LAYERS, { seed: SEED });
  const views = layerViews(network.parameters, LAYERS);
  const gradients = new Float64Array(network.parameters.length);
  const gradientViews = layerViews(gradients, LAYERS);
  const workspace = createSampleWorkspace(LAYERS);
  const order = new Uint32Array(labels.length);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    permutationInto(order, createRandomStream(SEED, 'permutation', epoch));
    for (let from = 0; from < order.length; from += BATCH) {
      const batch = order.subarray(from, from + BATCH);
      gradients.fill(0);
      for (const sample of batch) {
        for (let j = 0; j < 784; j++) workspace.x[j] = images[sample * 784 + j]! / 255;
        forwardSample(workspace, views, labels[sample]!);
        addSampleGradient(gradientViews, workspace, views, labels[sample]!);
      }
      for (let k = 0; k < gradients.length; k++) gradients[k]! /= batch.length;
      sgdStep(network.parameters, gradients, { learningRate: LEARNING_RATE });
    }
  }
  return network;
}

function pictureOf(network: Network): NetworkPicture {
  const pixels = digits.pixels().subarray(DIGIT * 784, (DIGIT + 1) * 784);
  const x = Float64Array.from(pixels, (value) => value / 255);
  const [first, second] = layerViews(network.parameters, LAYERS);
  const { a, probabilities } = forward(network, x);
  const a1 = a[0]!;
  const sumOfRow = (h: number, row: number): number => {
    let sum = 0;
    for (let j = row * 28; j < (row + 1) * 28; j++) sum += first!.W[h * 784 + j]! * x[j]!;
    return sum;
  };
  const ten = Array.from({ length: 10 }, (_, k) => k);
  const best = probabilities.indexOf(Math.max(...probabilities));
  return {
    pixels,
    rowContributions: ten.map((h) => Array.from({ length: 28 }, (_, row) => sumOfRow(h, row))),
    a1: [...a1],
    outputContributions: ten.map((c) => ten.map((h) => second!.W[c * 10 + h]! * a1[h]!)),
    probabilities: [...probabilities],
    title: `A handwritten ${digits.labels[DIGIT]} of 784 pixels goes through ten hidden ReLU neurons to ten softmax probabilities; the network takes it for a ${best} with ${Math.round(probabilities[best]! * 100)} percent.`,
    parameterCount: network.parameters.length,
  };
}

/** The colour variables of quantities.css, as [name, light, dark]. */
function quantityColours(): [string, string, string][] {
  const css = readFileSync(here('../src/styles/quantities.css'), 'utf8');
  return [...css.matchAll(/(--quantity-\w+): light-dark\((#\w+), (#\w+)\);/g)].map((match) => [
    match[1]!,
    match[2]!,
    match[3]!,
  ]);
}

/** The page's greys, which a separate picture has to define itself. */
const greys: [string, string, string][] = [
  ['--picture-ground', '#ffffff', '#17181c'],
  ['--picture-sunken', '#eef0f4', '#24262d'],
  ['--picture-line', '#3a3f4b14', '#c9cedb14'],
  ['--picture-text', '#3a3f4b', '#c9cedb'],
];

function rulesIn(theme: 1 | 2): string {
  let rules = pictureRules;
  for (const colour of [...greys, ...quantityColours()]) {
    rules = rules.replaceAll(`var(${colour[0]})`, colour[theme]);
  }
  return rules;
}

/** The rules with colours, which the dark theme repeats. */
function darkRules(): string {
  return rulesIn(2)
    .split('\n')
    .filter((rule) => rule.includes('#'))
    .map((rule) =>
      rule.replace(/font:[^;]+;/, '').replace(/;?(text-anchor|stroke-width|font-weight):[^;}]+/g, ''),
    )
    .join('\n');
}

const picture = pictureOf(trainNetwork());
const body = drawNetwork(picture);
const open = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="network-title"`;
const title = `<title id="network-title">${picture.title}</title>`;

writeFileSync(here('../src/drawings/network.svg'), `${open}>\n${title}\n${body}\n</svg>\n`);
writeFileSync(
  here('../../../docs/network.svg'),
  `${open} width="${WIDTH}" height="${HEIGHT}">
${title}
<style>
${rulesIn(1)}
.ground{fill:#ffffff;stroke:#d5d8e0}
@media (prefers-color-scheme:dark){
${darkRules()}
.ground{fill:#17181c;stroke:#353840}
}
</style>
<rect class="ground" x="0.5" y="0.5" width="${WIDTH - 1}" height="${HEIGHT - 1}" rx="14"/>
${body}
</svg>
`,
);
