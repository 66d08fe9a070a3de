import type { APIRoute } from 'astro';
import sharp from 'sharp';
import network from '../drawings/network.svg?raw';
import { pictureRules } from '../drawings/network.ts';
import quantities from '../styles/quantities.css?raw';

/** The preview image of a link to the site: the network with a digit, on a dark background. */
export const GET: APIRoute = async () => {
  const png = await sharp(Buffer.from(card())).png({ palette: true }).toBuffer();
  return new Response(new Uint8Array(png), { headers: { 'content-type': 'image/png' } });
};

const GROUND = '#17181c';
const FONT = "Helvetica, Arial, 'DejaVu Sans', sans-serif";

/** The page's colour variables, for a picture outside of the page. */
const colours: readonly (readonly [variable: string, colour: string])[] = [
  ['--picture-ground', GROUND],
  ['--picture-sunken', '#24262d'],
  ['--picture-line', '#c9cedb14'],
  ['--picture-text', '#c9cedb'],
  ...Array.from(
    quantities.matchAll(/(--quantity-\w+): light-dark\(#\w+, (#\w+)\);/g),
    ([, variable, dark]) => [variable!, dark!] as const,
  ),
];

function card(): string {
  const rules = colours.reduce(
    (css, [variable, colour]) => css.replaceAll(`var(${variable})`, colour),
    pictureRules,
  );
  const drawing = network.replace('<svg ', '<svg x="75" y="120" width="1050" height="490" ');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630">
<style>${rules}</style>
<rect width="1200" height="630" fill="${GROUND}"/>
<text x="75" y="96" style="font:700 54px ${FONT};fill:#ffffff">MicroNN</text>
<text x="1125" y="94" style="font:30px ${FONT};fill:#c9cedb;text-anchor:end">a neural network that can be checked</text>
${drawing}
</svg>`;
}
