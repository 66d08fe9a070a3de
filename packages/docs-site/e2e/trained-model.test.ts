import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readMnist } from '@micronn/fixtures/node';
import { expect, inject, test } from 'vitest';
import { networkOfSafetensors } from '../src/desk/model-tensors.ts';
import { readImage } from '../src/desk/reading.ts';
import { createClient } from '../src/desk/worker/client.ts';
import { serve } from '../src/desk/worker/serve.ts';

const PIXELS = 784;

test('classifies at least 9,100 of MNIST’s 10,000 test images correctly after the page’s preprocessing, which hardly changes its predictions', async () => {
  const file = path.join(inject('rootSite'), 'data', 'ten.safetensors');
  const network = networkOfSafetensors(await readFile(file));
  const { images, labels } = readMnist('test', 0, 10_000);
  // The worker's code, at the other end of a channel.
  const { port1, port2 } = new MessageChannel();
  const take = serve((message) => port2.postMessage(message, []));
  port2.addEventListener('message', ({ data }) => take(data));
  port2.start();
  const client = createClient(port1);
  port1.start();
  let right = 0;
  let same = 0;
  for (let i = 0; i < labels.length; i++) {
    const ink = images.slice(PIXELS * i, PIXELS * (i + 1));
    const { image } = await client.ask('preprocess', { ink, width: 28, height: 28 });
    const { digit } = readImage(network, image!);
    if (digit === labels[i]) right++;
    if (digit === readImage(network, ink).digit) same++;
  }
  port1.close();
  expect(right).toBeGreaterThanOrEqual(9100);
  expect(same).toBeGreaterThanOrEqual(9800);
});
