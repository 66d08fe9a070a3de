/** The files of a run folder, besides its lock. */

export const CONFIG = 'config.json';
/** The metrics of the epochs, a line for each. */
export const JSONL = 'metrics.jsonl';
export const CSV = 'metrics.csv';
/** The state at the last checkpoint. */
export const LAST_MODEL = 'last.safetensors';
/** The checkpoint before the last one. */
export const PREVIOUS_MODEL = 'previous.safetensors';
/** The parameters of the best epoch. */
export const BEST_MODEL = 'best.safetensors';
/** The best model for other programs. */
export const ONNX_MODEL = 'model.onnx';
export const REPORT = 'report.html';

/** Whether a run writes a file of this name. */
export function isRunFile(name: string): boolean {
  return [CONFIG, JSONL, CSV, LAST_MODEL, PREVIOUS_MODEL, BEST_MODEL, ONNX_MODEL, REPORT].includes(name);
}
