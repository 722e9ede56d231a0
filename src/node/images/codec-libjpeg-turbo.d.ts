/** The part used here of the decoder-only WebAssembly build of libjpeg-turbo. */
declare module '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs' {
  /** An instance of a C++ class: `delete` frees it. */
  export interface JPEGDecoder {
    /** A view of WebAssembly memory to write the file into. */
    getEncodedBuffer(size: number): Uint8Array;
    /** Throws (a C++ exception) on libjpeg's errors and on its warnings, such as missing data. */
    decode(): void;
    getFrameInfo(): { width: number; height: number; componentCount: number };
    /** A view of WebAssembly memory: one byte a pixel (grey) or three (RGB). */
    getDecodedBuffer(): Uint8Array;
    delete(): void;
  }

  export interface Module {
    JPEGDecoder: new () => JPEGDecoder;
  }

  export default function load(options: {
    wasmBinary: Uint8Array;
    print?: (text: string) => void;
    printErr?: (text: string) => void;
  }): Promise<Module>;
}
