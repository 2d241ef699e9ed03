import { Stack, Text } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';

/** Names and values under one another. */
export function Facts(props: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="facts">
      {props.facts.map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}

/** A part of an opened row, under its own heading. */
export function Part(props: { title: string; children: ReactNode }) {
  return (
    <Stack gap={6} mt="lg" component="section">
      <Text component="h3" fw={600} m={0}>
        {props.title}
      </Text>
      {props.children}
    </Stack>
  );
}
