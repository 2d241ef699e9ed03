import type { tillApi } from '@bivak/contracts';

/** The three outcomes; an accepted sale also by how it was paid. */
export type Kind = 'accepted-offline' | 'accepted-online' | 'accepted-cash' | 'refused';

export function kindOf({ outcome, mode }: tillApi.Sale): Kind {
  if (outcome === 'refused') return 'refused';
  return mode === 'offline' ? 'accepted-offline' : mode === 'online' ? 'accepted-online' : 'accepted-cash';
}

/** Full circle, half circle or square, by which an outcome is known without colour. */
export function Shape({ kind, size }: { kind: Kind; size: number }) {
  return (
    <svg
      viewBox="0 0 100 100"
      width={size}
      height={size}
      aria-hidden="true"
      className={`shape ${kind === 'refused' ? 'square' : 'round'}`}
    >
      {kind === 'refused' ? (
        <>
          <rect x="6" y="6" width="88" height="88" rx="4" />
          <path d="M32 32 L68 68 M68 32 L32 68" className="mark" />
        </>
      ) : kind === 'accepted-offline' ? (
        <>
          <circle cx="50" cy="50" r="44" className="ring" />
          <path d="M50 6 A44 44 0 0 0 50 94 Z" className="disc" />
        </>
      ) : (
        <>
          <circle cx="50" cy="50" r="46.5" className="disc" />
          <path d="M29 52 L44 67 L72 36" className="mark" />
        </>
      )}
    </svg>
  );
}
