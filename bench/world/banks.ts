// Banks that approve every debit at once and keep nothing: `node banks.ts '{"north":PORT,…}'`. A process of its own, so that
// its work is not that of the bench. It says "ready" on its output once it listens.
import { createServer, type Socket } from 'node:net';
import { type BankProfile, bankProfile } from '@bivak/bank-profiles';
import { compileSpec, deframe, type Fields, frame, type MessageCodec } from '@bivak/iso8583';

const ports = JSON.parse(process.argv[2]!) as Record<string, number>;

/** The answer's type stands two digits after its request's: 0200 and 0210, 0800 and 0810. */
const answerType = (type: string): string => `${type.slice(0, 2)}${Number(type[2]) + 1}0`;

/** What an answer repeats of its request. */
const repeated = [3, 4, 7, 11, 12, 13, 37, 41, 42, 49, 70];

function answerTo(profile: BankProfile, request: Fields): Fields | undefined {
  const type = request.get(0)!;
  if (Number(type[2]) % 2 === 1) return undefined;
  const answer = new Map([
    [0, answerType(type)],
    [39, '00'],
  ]);
  for (const field of [...repeated, profile.referenceField]) {
    const value = request.get(field);
    if (value !== undefined) answer.set(field, value);
  }
  if (type !== '0200') return answer;
  // Some cards have no money: their payments become debts.
  if (Number(request.get(2)?.slice(-4, -1)) % 25 === 7) answer.set(39, '51');
  else answer.set(38, '000042');
  return answer;
}

function serve(profile: BankProfile, codec: MessageCodec, socket: Socket): void {
  let rest: Buffer = Buffer.alloc(0);
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    const { messages, rest: left } = deframe(profile.header, Buffer.concat([rest, bytes]));
    rest = left;
    for (const message of messages) {
      const read = codec.unpack(message);
      const answer = read.ok ? answerTo(profile, read.fields) : undefined;
      if (answer !== undefined) socket.write(frame(profile.header, codec.pack(answer)));
    }
  });
}

await Promise.all(
  Object.entries(ports).map(([name, port]) => {
    const profile = bankProfile(name);
    const codec = compileSpec(profile.spec);
    return new Promise<void>((resolve) =>
      createServer((socket) => serve(profile, codec, socket)).listen(port, '127.0.0.1', resolve),
    );
  }),
);
process.stdout.write('ready\n');
process.once('disconnect', () => process.exit());
