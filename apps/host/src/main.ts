import { runProcess } from '@bivak/process';
import { hostConfig } from './api/settings.ts';
import { startHost } from './host.ts';

await runProcess('host', hostConfig, startHost);
