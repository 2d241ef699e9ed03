import { runProcess } from '@bivak/process';
import { radioLinkConfig, startRadioLink } from './radio-link-server.ts';

await runProcess('radio-link', radioLinkConfig, startRadioLink);
