/** A scanner types a barcode faster than a hand and ends it with Enter; this tells the two apart. */
export interface Scanner {
  /** Takes a key and gives the barcode that it completes. */
  key(name: string, atMs: number): string | undefined;
}

/** No hand types digits one after another faster than this. */
const minHandMs = 60;
const minBarcodeDigits = 8;

export function createScanner(): Scanner {
  let digits = '';
  let lastMs = Number.NEGATIVE_INFINITY;
  return {
    key(name, atMs) {
      const isFast = atMs - lastMs <= minHandMs;
      lastMs = atMs;
      if (/^\d$/.test(name)) {
        digits = isFast ? digits + name : name;
        return undefined;
      }
      const code = name === 'Enter' && isFast && digits.length >= minBarcodeDigits ? digits : undefined;
      digits = '';
      return code;
    },
  };
}
