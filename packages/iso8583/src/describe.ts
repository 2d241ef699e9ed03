import { compileSpec } from './message.ts';
import { bankProfile } from './profiles/index.ts';

const cardFields = new Set([2, 35]);

/**
 * What a message holds, for `bivak inspect iso8583`: each field with its number, name and value; card numbers masked.
 * Throws an Error that names field and byte where the bytes are no message of the profile.
 */
export function describeMessage(profileName: string, bytes: Buffer): Record<string, unknown> {
  const profile = bankProfile(profileName);
  const unpacked = compileSpec(profile.spec).unpack(bytes);
  if (!unpacked.ok) throw unpacked.error;
  const fields = [...unpacked.fields].map(([number, value]) => ({
    field: number,
    name: profile.spec.fields[number]!.name,
    value: cardFields.has(number) ? masked(value) : value,
  }));
  return { profile: profile.name, format: profile.spec.name, messageType: unpacked.fields.get(0), fields };
}

const masked = (value: string): string => {
  const pan = value.split('=')[0]!;
  return `${pan.slice(0, 6)}${'*'.repeat(Math.max(0, pan.length - 10))}${pan.slice(-4)}`;
};
