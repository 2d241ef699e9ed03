import { runProcess } from '@bivak/process';
import { consoleConfig } from './config.ts';
import { startConsole } from './console-server.ts';

await runProcess('console', consoleConfig, startConsole);
