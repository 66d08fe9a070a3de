import {
  backward,
  createNetwork,
  createRandomStream,
  crossEntropy,
  crossEntropyFromLogits,
  forward,
  initializations,
  sgdStep,
  softmax,
} from '../../src/index.ts';

/** The hash of {@link referenceBits} in every engine. It changes only when the reference's arithmetic does. */
export const EXPECTED_HASH = '0d8133174a052b6bbefbb34cc4ab389f4ef751e9fd6741c59e207954a0dce768';

const SAMPLES = 10_000;
const C = 10;

/** SHA-256 of {@link referenceBits}, in hexadecimal. */
export async function referenceHash(): Promise<string> {
  const values = referenceBits();
  const bytes = new DataView(new ArrayBuffer(values.length * 8));
  for (const [k, value] of values.entries()) bytes.setFloat64(k * 8, value);
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Results of the reference for one seed: probabilities and losses of 10,000 samples of logits, then activations,
 * gradients and parameters of networks that train on 10,000 samples.
 */
function referenceBits(): number[] {
  const random = createRandomStream(42, 'split');
  const values: number[] = [];
  for (let i = 0; i < SAMPLES; i++) {
    // From nearly equal logits to probabilities that underflow.
    const spread = 2 ** (i % 12);
    const z = Float64Array.from({ length: C }, () => spread * (random.nextUnit() - 0.5));
    const labels = [random.nextBelow(C)];
    const probabilities = softmax(z);
    values.push(...probabilities, crossEntropy(probabilities, labels), crossEntropyFromLogits(z, labels));
  }
  for (const init of initializations) {
    const network = createNetwork([12, 8, C], { seed: 42, init });
    const x = Float64Array.from({ length: SAMPLES * 12 }, () => random.nextUnit());
    const labels = Array.from({ length: SAMPLES }, () => random.nextBelow(C));
    for (let step = 0; step < 3; step++) {
      const pass = forward(network, x);
      const { gradients } = backward(network, pass, labels);
      sgdStep(network.parameters, gradients, { learningRate: 0.1 });
      for (const activations of pass.a) for (const activation of activations) values.push(activation);
      values.push(...gradients, ...network.parameters);
    }
  }
  return values;
}
