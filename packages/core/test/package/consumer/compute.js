/**
 * The computation of every consumer, regardless of how it loads the package: the tutorial's step with the reference,
 * and three epochs with the kernels.
 */
export function step({ traceStep }) {
  const network = {
    layers: [3, 2, 2],
    parameters: Float64Array.of(0.2, -0.3, 0.1, 0.4, 0.1, -0.2, 0.1, -0.1, 0.3, -0.2, -0.1, 0.4, 0.05, -0.05),
  };
  const trace = traceStep(network, Float64Array.of(0.5, 0.8, 0.2), 1, 0.1);
  return { lossBefore: trace.lossBefore.toFixed(5), lossAfter: trace.lossAfter.toFixed(5) };
}

/** Parameters after three epochs, as the bytes of a safetensors file. */
export async function train(
  { createNetwork, createRandomStream, encodeSafetensors },
  { createKernelTraining },
) {
  const draw = createRandomStream(7, 'split');
  const training = await createKernelTraining({
    network: createNetwork([9, 6, 3], { seed: 7 }),
    images: Uint8Array.from({ length: 9 * 40 }, () => Math.max(0, draw.nextBelow(511) - 255)),
    labels: Uint8Array.from({ length: 40 }, () => draw.nextBelow(3)),
    batchSize: 16,
    shards: 4,
    seed: 7,
    learningRate: 0.1,
    momentum: 0.9,
  });
  for (let epoch = 0; epoch < 3; epoch++) training.trainEpoch();
  const values = Float32Array.from(training.network().parameters);
  const tensors = new Map([['parameters', { shape: [values.length], values }]]);
  return [...encodeSafetensors({ tensors, metadata: {} })];
}
