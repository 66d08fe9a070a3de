// Losses and predictions of a set. Each worker evaluates its own range of the samples without waiting for others,
// with either strategy.
import {
  LIST_RANGE_BYTES, LIST_RANGES, LIST_RANGES_END, OWN_PARTIAL_STEP, OWN_PARTIALS, PARALLEL_ROWS, RANGE_END, RANGE_FIRST,
} from './fields';
import { forwardFirstLayer } from './data/forward';
import { forwardLayers } from './layers/passes';
import { AT_ONCE, pointer } from './network';
import { pairsOf } from './rows/forward-and-backward';
import { forwardSegments } from './rows/forward-first-layer';

/** Computes loss (f32) and prediction (u16) of n samples; `order` is the address of the samples' numbers (u32). */
export function evaluate(net: usize, order: usize, n: i32, losses: usize, predictions: usize): void {
  const partials = pointer(net, OWN_PARTIALS);
  const step = pointer(net, OWN_PARTIAL_STEP);
  const byRows = pointer(net, PARALLEL_ROWS) != 0;
  for (let done: usize = 0; done < <usize>n; done += AT_ONCE) {
    const m = min(AT_ONCE, <usize>n - done);
    const first = order + (done << 2);
    if (byRows) {
      const end = pointer(net, LIST_RANGES_END);
      for (let range = pointer(net, LIST_RANGES); range < end; range += LIST_RANGE_BYTES) {
        forwardSegments(net, range, first, m, pointer(range, RANGE_FIRST), pointer(range, RANGE_END), partials, step);
      }
    } else {
      forwardFirstLayer(net, first, m, partials);
    }
    const count = byRows ? pairsOf(net) : 1;
    forwardLayers(net, first, m, 0, partials, byRows ? step << 1 : 1, count, false, losses + (done << 2), predictions + (done << 1));
  }
}
