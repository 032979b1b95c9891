import type { Host } from "@dip/core";
import { useEffect, useState } from "react";

/** Says why nothing comes while the kernel runs a cell. */
export function Busy({ host }: { host: Host }) {
  const [busy, setBusy] = useState(false);
  useEffect(() => host.busy?.(setBusy), [host]);
  if (!busy) return null;
  return (
    <p role="status" className="dip:pb-2 dip:text-sm dip:text-warn">
      The kernel is running a cell; answers come when it is done.
    </p>
  );
}
