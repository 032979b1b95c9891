/** One of the files that an export was written to. */
export interface Part {
  name: string;
  blob: Blob;
}

/** The only file as it is, or several as one ZIP file; nothing is compressed again. */
export async function archive(parts: Part[]): Promise<Part> {
  const [first] = parts;
  if (!first || parts.length === 1) return first!;
  const { zipSync } = await import("fflate");
  const contents = await Promise.all(parts.map(async ({ blob }) => new Uint8Array(await blob.arrayBuffer())));
  const named = Object.fromEntries(parts.map(({ name }, at) => [name, contents[at]!]));
  const blob = new Blob([zipSync(named, { level: 0 })], { type: "application/zip" });
  return { name: first.name.replace(/(-\d+)?\.\w+$/, ".zip"), blob };
}
