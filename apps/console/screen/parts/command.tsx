import { Code } from '@mantine/core';
import { Fragment } from 'react';

/** A command to be copied; on a narrow screen it is broken between its words alone, never within `--decision`. */
export function Command({ words }: { words: readonly string[] }) {
  return (
    <Code block className="command">
      {words.map((word, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the words of a command do not move
        <Fragment key={index}>
          {index === 0 ? '' : ' '}
          <span>{word}</span>
        </Fragment>
      ))}
    </Code>
  );
}

/** The options by which a person says his name and what the decision rests on. */
export const namedWith = (name: string, why: string): string[] => ['--by', name, '--why', why];
