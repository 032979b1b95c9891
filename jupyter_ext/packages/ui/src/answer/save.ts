import type { Download } from "@dip/core";

/** Let the browser keep a file. */
export function save(download: Download): void {
  const link = document.createElement("a");
  link.download = download.name;
  link.href = "url" in download ? download.url : URL.createObjectURL(download.blob);
  document.body.append(link);
  link.click();
  link.remove();
  if ("blob" in download) setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
