import { fixturePath } from '@micronn/fixtures/node';
import { expect, test } from 'vitest';
import { loadOptions } from '../../test/load-options.ts';
import { readSource } from '../data/source/read-source.ts';
import { readRange } from '../data/table/table-worker.ts';
import { understand } from '../data/understand.ts';
import { sources } from './describe-sources.ts';

test.each(sources)('$example is understood as the reference says', async ({ example, line }) => {
  const load = loadOptions({ workers: { threads: 1, readRange } });
  const { train } = await readSource(fixturePath(example), {}, load);
  expect(understand(train!, example).line).toBe(line);
});
