import { html, type Markup } from '../html.ts';

export interface DataTable {
  readonly id: string;
  readonly caption: string;
  readonly head: readonly string[];
  /** The first cell of each row is its header. */
  readonly rows: readonly (readonly string[])[];
  /** Whether to highlight a cell; rows and columns count from 0, the column of headers included. */
  readonly isHit?: (row: number, column: number) => boolean;
}

/** A table of numbers that scrolls on its own on a narrow page. */
export function dataTable({ id, caption, head, rows, isHit }: DataTable): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}-caption"><table id="${id}">
<caption id="${id}-caption">${caption}</caption>
<thead><tr>${head.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([first, ...cells], row) =>
      html`<tr><th scope="row">${first}</th>${cells.map((cell, i) =>
        isHit?.(row, i + 1) ? html`<td class="hit">${cell}</td>` : html`<td>${cell}</td>`,
      )}</tr>
`,
  )}</tbody>
</table></div>`;
}

/** A table that opens on demand, below its plot. */
export function tableBehind(summary: string, table: Markup): Markup {
  return html`<details><summary>${summary}</summary>${table}</details>`;
}
