import type { Host } from "@dip/core";

export function Panel({ host: _host }: { host: Host }) {
  return <div className="dip-root dip:flex dip:h-full dip:flex-col" />;
}
