/**
 * CRC-16/CCITT-FALSE: polynomial 1021h, start value FFFFh, nothing reflected, no final XOR. Both protocols call
 * it CRC16-CCITT (drive protocol 3.2, operator protocol 4.2). `parts` are taken as one run of bytes.
 */
export function crc16(...parts: readonly Uint8Array[]): number {
  let crc = 0xffff;
  for (const part of parts) {
    for (const byte of part) {
      crc ^= byte << 8;
      for (let bit = 0; bit < 8; bit += 1) {
        crc = (crc & 0x8000) !== 0 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
      }
    }
  }
  return crc;
}
