import { runProcess } from '@bivak/process';
import { driveConfig, startDrive } from './drive-server.ts';

await runProcess('drive', driveConfig, startDrive);
