/** A safetensors file with any header, followed by zero bytes. */
export function safetensorsFile(header: string, dataLength: number, headerLength?: bigint): Uint8Array {
  const json = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + json.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, headerLength ?? BigInt(json.length), true);
  bytes.set(json, 8);
  return bytes;
}

/** A file whose header has one tensor, W1, with this entry. */
export function tensorFile(entry: unknown, dataLength: number): Uint8Array {
  return safetensorsFile(JSON.stringify({ W1: entry }), dataLength);
}

/** A tensor's entry of the header; any value may be wrong. */
export function tensorEntry(shape: unknown, offsets: unknown, dtype: unknown = 'F32'): unknown {
  return { dtype, shape, data_offsets: offsets };
}
