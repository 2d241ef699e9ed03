import { readdirSync, readFileSync } from 'node:fs';

const ticksASecond = 100;

/** Processor time that a process and its children have used, in ms; null if this system does not tell (only Linux does). */
export function cpuTimeMs(pid: number | undefined): number | null {
  if (pid === undefined) return null;
  try {
    const all = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => statOf(Number(name)));
    const family = new Set([pid]);
    for (let size = 0; size !== family.size; ) {
      size = family.size;
      for (const one of all) if (family.has(one.parent)) family.add(one.pid);
    }
    const ticks = all.filter((one) => family.has(one.pid)).reduce((sum, one) => sum + one.ticks, 0);
    return (ticks * 1_000) / ticksASecond;
  } catch {
    return null;
  }
}

/** The process that has started it; undefined if this system does not tell. */
export const parentOf = (pid: number): number | undefined => statOf(pid)[0]?.parent;

/** Fields of /proc/PID/stat after the name, which may hold blanks: 4 is the parent, 14 and 15 the times. */
function statOf(pid: number): { pid: number; parent: number; ticks: number }[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return [{ pid, parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }];
  } catch {
    // It has ended meanwhile.
    return [];
  }
}
