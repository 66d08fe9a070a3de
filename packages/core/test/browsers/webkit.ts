import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { Builder, type WebDriver } from 'selenium-webdriver';

const PORT = 4455;

/** WebKit, Safari's engine, run by WebKitGTK's driver. `close` ends both. */
export interface LaunchedWebKit {
  readonly driver: WebDriver;
  readonly name: string;
  close(): Promise<void>;
}

/** Starts WebKitGTK's driver and its browser, on a virtual display if there is no display. */
export async function launchWebKit(): Promise<LaunchedWebKit> {
  const command = ['WebKitWebDriver', `--port=${PORT}`];
  if (process.env['DISPLAY'] === undefined) command.unshift('xvfb-run', '--auto-servernum');
  const [program, ...args] = command;
  // A separate process group, so that the display ends with the driver.
  const child = spawn(program!, args, { detached: true, stdio: 'ignore' });
  const stop = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid);
  };
  try {
    const driver = await connect(child);
    const capabilities = await driver.getCapabilities();
    return {
      driver,
      name: `WebKitGTK ${capabilities.getBrowserVersion()}`,
      async close() {
        await driver.quit();
        stop();
      },
    };
  } catch (error) {
    stop();
    throw error;
  }
}

async function connect(child: ReturnType<typeof spawn>): Promise<WebDriver> {
  const server = `http://127.0.0.1:${PORT}`;
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`the driver exited with code ${code}`);
  });
  try {
    await Promise.race([untilUp(server), failed]);
  } catch (error) {
    throw new Error('launchWebKit: WebKitGTK’s driver did not start: install webkit2gtk-driver and xvfb', {
      cause: error,
    });
  }
  return await new Builder().usingServer(server).forBrowser('MiniBrowser').build();
}

async function untilUp(server: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const isUp = await fetch(`${server}/status`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    await delay(100);
  }
  throw new Error('the driver does not respond');
}
