import { Problem, type Dataset } from "@dip/core";
import { path, type Http } from "./http";

const TUS = { "Tus-Resumable": "1.0.0" };
const LEAST = 1 << 20;
const MOST = 32 << 20;
/** Seconds that a piece takes: below the first the next is larger, above the second smaller. */
const BRISK = 0.2;
const SLOW = 2;
const TRIES = 5;

type Moved = (fraction: number, message: string) => void;

/** Sends a file in pieces (tus 1.0), each from where the last one ended, and has it read. */
export async function upload(
  http: Http,
  session: string,
  file: File,
  moved: Moved,
  signal?: AbortSignal,
): Promise<Dataset> {
  const place = await begin(http, session, file, signal);
  try {
    await send(http, place, file, moved, signal);
    moved(1, "Reading");
    return await http.json<Dataset>("POST", `${place}/read`, { json: { name: file.name }, signal });
  } catch (thrown) {
    if (signal?.aborted) void http.send("DELETE", place, { headers: TUS }).catch(() => {});
    throw thrown;
  }
}

async function begin(http: Http, session: string, file: File, signal?: AbortSignal): Promise<string> {
  const headers = { ...TUS, "Upload-Length": String(file.size), "Upload-Metadata": `filename ${base64(file.name)}` };
  const reply = await http.send("POST", path("sessions", session, "uploads"), { headers, signal });
  return reply.headers.get("Location")!;
}

async function send(http: Http, place: string, file: File, moved: Moved, signal?: AbortSignal): Promise<void> {
  let offset = 0;
  let length = LEAST;
  let failures = 0;
  while (offset < file.size) {
    const begun = performance.now();
    try {
      if (failures) offset = await there(http, place, signal);
      if (offset < file.size) offset = await piece(http, place, file, offset, length, signal);
      length = next(length, (performance.now() - begun) / 1000);
      failures = 0;
    } catch (thrown) {
      failures += 1;
      if (signal?.aborted || failures > TRIES || !mayGoOn(thrown)) throw thrown;
      await new Promise((resolve) => setTimeout(resolve, 250 * 2 ** failures));
      length = LEAST;
    }
    moved(offset / file.size, "Sending");
  }
}

async function piece(
  http: Http,
  place: string,
  file: File,
  offset: number,
  length: number,
  signal?: AbortSignal,
): Promise<number> {
  const headers = { ...TUS, "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" };
  const body = file.slice(offset, offset + length, "application/offset+octet-stream");
  return offsetOf(await http.send("PATCH", place, { body, headers, signal }));
}

async function there(http: Http, place: string, signal?: AbortSignal): Promise<number> {
  return offsetOf(await http.send("HEAD", place, { headers: TUS, signal }));
}

function offsetOf(reply: Response): number {
  return Number(reply.headers.get("Upload-Offset"));
}

function next(length: number, seconds: number): number {
  if (seconds < BRISK) return Math.min(MOST, 2 * length);
  return seconds > SLOW ? Math.max(LEAST, length / 2) : length;
}

/** Something on the way failed, or another request has gone on. */
function mayGoOn(thrown: unknown): boolean {
  return thrown instanceof Problem && ["connection_failed", "api_error", "wrong_offset", "upload_busy"].includes(thrown.code);
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
