import { screenConfig } from '@bivak/screen/vite';

export default screenConfig({
  name: 'till',
  root: import.meta.dirname,
  output: '../dist',
  api: 'http://127.0.0.1:8731',
});
