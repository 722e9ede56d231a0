import { notify } from './notices.js';

/** Keeps the page for visits without a network, and offers a new build when there is one. */
export async function startOffline(): Promise<void> {
  // Absent on insecure origins and in some private modes: then the page needs the network.
  const container: ServiceWorkerContainer | undefined = navigator.serviceWorker;
  if (!container) return;
  let registration: ServiceWorkerRegistration;
  try {
    registration = await container.register('service-worker.js', { scope: './', updateViaCache: 'none' });
  } catch {
    return;
  }
  const offer = (waiting: ServiceWorker): void => {
    notify('A new version of this page is ready.', {
      kind: 'good',
      action: {
        label: 'Reload',
        run: () => {
          container.addEventListener('controllerchange', () => location.reload(), { once: true });
          waiting.postMessage('activate');
        },
      },
    });
  };
  const watch = (): void => {
    const { installing } = registration;
    installing?.addEventListener('statechange', () => {
      // Without a controller it is the first visit, and nothing to reload for.
      if (installing.state === 'installed' && container.controller) offer(installing);
    });
  };
  if (registration.waiting && container.controller) offer(registration.waiting);
  registration.addEventListener('updatefound', watch);
  watch();
}
