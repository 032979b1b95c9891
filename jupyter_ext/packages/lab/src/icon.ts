import { LabIcon } from "@jupyterlab/ui-components";

const svgstr = `<svg xmlns="http://www.w3.org/2000/svg" width="16" viewBox="0 0 24 24">
  <g class="jp-icon3" fill="#616161">
    <path d="M4 3h16a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1h-8l-5 4v-4H4a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zm1 2v10h4v2l2.5-2H19V5H5z"/>
    <path d="M7 9h2v4H7zm4-2h2v6h-2zm4 3h2v3h-2z"/>
  </g>
</svg>`;

/** A speech bubble with bars in it. */
export const icon = new LabIcon({ name: "dip:panel", svgstr });
