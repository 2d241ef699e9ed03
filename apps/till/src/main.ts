import { runProcess } from '@bivak/process';
import { tillConfig } from './config.ts';
import { connectDrive } from './fiscal/index.ts';
import { startTill } from './till.ts';

/** `node apps/till/src/main.ts --config FILE`: one till. */
await runProcess('till', tillConfig, ({ config, clock, log }) => {
  const fiscal = connectDrive({ ...config.drive, timeZone: config.timeZone, clock });
  return startTill({ config, clock, log, fiscal });
});
