import { type RefObject, useEffect, useRef } from 'react';

/** Takes the focus into what covers the counter, so that keys no longer reach what lies beneath. */
export function useFocusInside<Element extends HTMLElement>(): RefObject<Element | null> {
  const ref = useRef<Element>(null);
  useEffect(() => ref.current?.focus(), []);
  return ref;
}
