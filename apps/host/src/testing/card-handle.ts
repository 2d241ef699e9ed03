import type { CardHandle } from '../banks/index.ts';

/** A card as the key store gives it, of a test number; without a track if that is destroyed. */
export function cardHandle(pan: string, isTrackKept = true): CardHandle {
  const track2 = `${pan}=4912201`;
  return {
    expiry: '4912',
    panLength: pan.length,
    trackLength: isTrackKept ? track2.length : null,
    use: (act) => act({ pan: Buffer.from(pan), track2: isTrackKept ? Buffer.from(track2) : null }),
  };
}
