// The registry's icon: a shelf of packages, one of them in service.
import { LabIcon } from '@jupyterlab/ui-components';

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M3 3h8v8H3zm2 2v4h4V5z"/>
    <path d="M13 3h8v8h-8zm2 2v4h4V5z"/>
    <path d="M3 13h8v8H3zm2 2v4h4v-4z"/>
  </g>
  <path class="jp-icon-brand0 jp-icon-selectable" fill="#0e7c7b" d="M13 13h8v8h-8z"/>
</svg>`;

export const registryIcon = new LabIcon({ name: 'jupyter-registry:registry', svgstr: SVG });
