import type { Line, Reply } from "@dip/core";
import type { Kernel as Kernels } from "@jupyterlab/services";

const TARGET = "dip.sdk";

/** Messages over a comm that the kernel answers. */
export class CommLine implements Line {
  private constructor(private readonly comm: Kernels.IComm) {}

  static async open(connection: Kernels.IKernelConnection, backend: string | null): Promise<CommLine> {
    const comm = connection.createComm(TARGET);
    await comm.open({ backend }).done;
    return new CommLine(comm);
  }

  send(message: object, buffers: ArrayBuffer[] = []): void {
    if (!this.comm.isDisposed) this.comm.send(message as never, {}, buffers);
  }

  receive(heard: (message: Reply, buffers: DataView[]) => void): () => void {
    this.comm.onMsg = ({ content, buffers }) => heard(content.data as Reply, (buffers ?? []).map(view));
    return () => {
      this.comm.onMsg = () => {};
      if (!this.comm.isDisposed) void this.comm.close();
    };
  }
}

function view(buffer: ArrayBuffer | ArrayBufferView): DataView {
  return buffer instanceof ArrayBuffer
    ? new DataView(buffer)
    : new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
