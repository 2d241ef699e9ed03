import { runProcess } from '@bivak/process';
import { hostConfig } from './config.ts';
import { startHost } from './host.ts';

await runProcess('host', hostConfig, startHost);
