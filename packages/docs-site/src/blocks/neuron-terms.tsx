import type { Network } from '@micronn/core';
import type { ComponentChildren, JSX } from 'preact';
import { formatNumber, formatPercent } from '../desk/format-number.ts';
import {
  type NeuronArithmetic,
  type NeuronPlace,
  neuronArithmetic,
  pixelPlace,
  type Reading,
} from '../desk/reading.ts';
import styles from './neuron-panel.module.css';
import { Formula, Num } from './quantity.tsx';

/** Products with a row of their own; one row sums up the others. */
const SHOWN = 10;

/** The products of a neuron, largest first, its bias, their sum z, and its activation a. */
export function NeuronTerms({
  network,
  reading,
  place,
  name,
}: {
  network: Network;
  reading: Reading;
  place: NeuronPlace;
  name: string;
}): JSX.Element {
  const { layer, neuron } = place;
  const arithmetic = neuronArithmetic(network, reading.pass, layer, neuron);
  const { bias, z, a } = arithmetic;
  const isOutput = layer === network.layers.length - 1;
  const quantity = Math.min(layer, 2);
  return (
    <table class={styles['terms']}>
      <caption class="sr-only">{`The products of ${name}, the largest first`}</caption>
      <thead>
        <tr>
          <th scope="col">{layer === 1 ? 'pixel' : 'hidden neuron'}</th>
          <th scope="col">
            weight <Formula of={`W${layer}`} />
          </th>
          <th scope="col">
            · <Formula of={layer === 1 ? 'x' : `a${layer - 1}`} />
          </th>
          <th scope="col">= product</th>
        </tr>
      </thead>
      <tbody>
        <Products arithmetic={arithmetic} />
        <Line
          name={
            <>
              bias <Formula of={`b${layer}`} />
            </>
          }
        >
          <Num value={bias} of={`b${quantity}`}>
            {formatNumber(bias, 3)}
          </Num>
        </Line>
      </tbody>
      <tfoot>
        <Line
          name={
            <>
              sum <Formula of={`z${layer}`} />[{neuron}]
            </>
          }
        >
          <Num value={z} of={`z${quantity}`}>
            {formatNumber(z, 3)}
          </Num>
        </Line>
        <Line
          name={
            <>
              {isOutput ? 'after softmax' : 'after ReLU'} <Formula of={`a${layer}`} />[{neuron}]
            </>
          }
        >
          <Num value={a} of={`a${isOutput ? 2 : 1}`}>
            {isOutput ? formatPercent(a) : formatNumber(a, 3)}
          </Num>
        </Line>
      </tfoot>
    </table>
  );
}

function Products({ arithmetic: { layer, terms, zeros } }: { arithmetic: NeuronArithmetic }): JSX.Element {
  const rest = terms.slice(SHOWN);
  const sumOfRest = rest.reduce((sum, { product }) => sum + product, 0);
  return (
    <>
      {terms.slice(0, SHOWN).map(({ index, weight, input, product }) => (
        <tr key={index}>
          <th scope="row">{layer === 1 ? pixelPlace(index) : index}</th>
          <td>
            <Num value={weight} of={`W${Math.min(layer, 2)}`}>
              {formatNumber(weight, 3)}
            </Num>
          </td>
          <td>
            <Num value={input} of={layer === 1 ? 'x' : 'a1'}>
              {formatNumber(input, 3)}
            </Num>
          </td>
          <td>
            <Num value={product}>{formatNumber(product, 3)}</Num>
          </td>
        </tr>
      ))}
      {rest.length > 0 && (
        <Line name={`${rest.length} smaller products`}>
          <Num value={sumOfRest}>{formatNumber(sumOfRest, 3)}</Num>
        </Line>
      )}
      {zeros > 0 && (
        <Line name={`${zeros} ${layer === 1 ? 'pixels without ink' : 'inactive neurons'}`}>0</Line>
      )}
    </>
  );
}

/** A row with one name and one value. */
function Line({ name, children }: { name: ComponentChildren; children: ComponentChildren }): JSX.Element {
  return (
    <tr>
      <th scope="row" colSpan={3}>
        {name}
      </th>
      <td>{children}</td>
    </tr>
  );
}
