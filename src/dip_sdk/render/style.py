"""The look of HTML output: one sheet for an answer anywhere, one more for a whole page.

An answer takes its colours from where it stands (inherited ink, half-transparent greys, and
JupyterLab's variables), so it suits light and dark without asking; only the page asks.
"""

from __future__ import annotations

ANSWER = """
.dip-result { font-family: var(--jp-ui-font-family, system-ui, -apple-system, "Segoe UI",
  Roboto, Arial, sans-serif); font-size: var(--jp-content-font-size1, 14px); line-height: 1.5;
  color: var(--jp-content-font-color1, inherit); max-width: 60rem; }
.dip-result p { margin: 0 0 .5em; }
.dip-result .dip-sentence { font-size: 1.12em; font-weight: 500; }
.dip-result .dip-quiet { opacity: .72; font-size: .88em; }
.dip-result .dip-scroll { overflow-x: auto; margin: .7em 0 .25em; }
.dip-result.dip-result table { border-collapse: collapse; border: 0; margin: 0; font-size: .93em;
  font-variant-numeric: tabular-nums; width: max-content; }
.dip-result.dip-result th, .dip-result.dip-result td { text-align: left; vertical-align: top;
  padding: .32em .8em; border: 0; border-bottom: 1px solid rgba(128, 128, 128, .28);
  max-width: 26em; overflow-wrap: break-word; background: none; color: inherit; }
.dip-result.dip-result th { font-weight: 600; vertical-align: bottom; max-width: 14em;
  border-bottom: 2px solid rgba(128, 128, 128, .5); }
.dip-result.dip-result .dip-number { text-align: right; }
.dip-result.dip-result td.dip-number { white-space: nowrap; }
.dip-result.dip-result tbody tr:hover { background: rgba(128, 128, 128, .12); }
.dip-result.dip-result .dip-whole { white-space: nowrap; }
.dip-result img { max-width: max(100%, 460px); height: auto; }
.dip-result ul, .dip-result ol { margin: 0 0 .6em; padding-left: 1.4em; }
.dip-result .dip-warning { border-left: 3px solid var(--jp-warn-color1, #d9762b);
  padding: .15em 0 .15em .7em; }
.dip-result .dip-info { border-left: 3px solid rgba(128, 128, 128, .5);
  padding: .15em 0 .15em .7em; }
.dip-result details { margin: .6em 0; }
.dip-result summary { cursor: pointer; opacity: .85; }
.dip-result pre { overflow-x: auto; margin: .4em 0 .8em; padding: .6em .8em; border-radius: 6px;
  background: rgba(128, 128, 128, .13); color: inherit; white-space: pre-wrap;
  font: .88em/1.45 var(--jp-code-font-family, ui-monospace, Menlo, Consolas, monospace); }
.dip-result pre code { background: none; color: inherit; font: inherit; padding: 0; }
"""

PAGE = """
:root { color-scheme: light dark; --ground: #ffffff; --card: #f6f7f9; --ink: #1c2128;
  --edge: #d9dde3; --accent: #2f6fb0; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171b; --card: #1c2026; --ink: #e6e9ed;
  --edge: #343a43; --accent: #7db1e8; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: clamp(1rem, 4vw, 2.5rem); }
h1 { font-size: clamp(1.4rem, 4.5vw, 2rem); line-height: 1.2; margin: 0 0 .3em; }
h2 { font-size: 1.15rem; line-height: 1.35; margin: 0 0 .7em; color: var(--accent);
  overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 1em 0 .4em; overflow-wrap: anywhere; }
.lead { opacity: .75; margin: 0 0 1.6em; }
section { background: var(--card); border: 1px solid var(--edge); border-radius: 12px;
  padding: clamp(.9rem, 3vw, 1.5rem); margin: 0 0 1.2rem; }
footer { opacity: .65; font-size: .85em; }
.dip-result { max-width: none; font-size: 1em; }
@media print { section { break-inside: avoid; } }
"""
