import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';

/** How long typing has to rest before the list follows, in real ms. */
const restMs = 250;

/** A search whose text stands in the page's address; "/" puts the cursor into it, Escape empties it. */
export function SearchBox(props: {
  label: string;
  value: string | undefined;
  onSearch: (text: string | undefined) => void;
}) {
  const { t } = useTranslation('console');
  const [text, setText] = useState(props.value ?? '');
  const box = useRef<HTMLInputElement>(null);
  const reported = useRef(props.value);
  const report = useDebouncedCallback((typed: string) => {
    reported.current = typed.trim() || undefined;
    props.onSearch(reported.current);
  }, restMs);
  // The address may change without the box (back, forward, a link); what comes back of its own typing changes nothing.
  useEffect(() => {
    if (props.value === reported.current) return;
    reported.current = props.value;
    setText(props.value ?? '');
  }, [props.value]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isTyping =
        event.target instanceof HTMLElement && event.target.closest('input, textarea') !== null;
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      box.current?.focus();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  const type = (typed: string) => {
    setText(typed);
    report(typed);
  };
  return (
    <TextInput
      ref={box}
      flex={1}
      miw={240}
      type="search"
      maxLength={60}
      aria-label={props.label}
      placeholder={props.label}
      value={text}
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || text === '') return;
        event.preventDefault();
        type('');
      }}
      rightSection={
        text === '' ? null : <CloseButton aria-label={t('common.clear')} onClick={() => type('')} />
      }
    />
  );
}
