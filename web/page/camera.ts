import { byId } from './dom.js';
import { messageOf } from './engine.js';

/** Asks for the sharpest picture that the camera gives, from the back of a phone. */
const CONSTRAINTS: MediaStreamConstraints = {
  audio: false,
  video: { facingMode: 'environment', width: { ideal: 4096 }, height: { ideal: 4096 } },
};

const whyNot = (error: unknown): string => {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError')
    return 'The camera was not allowed; allow it in the browser’s settings for this page.';
  if (name === 'NotFoundError') return 'There is no camera.';
  return `The camera cannot be used: ${messageOf(error)}`;
};

/** The dialog that takes a picture with the camera. */
export function startCamera(onPicture: (picture: File) => void): void {
  const dialog = byId('camera', HTMLDialogElement);
  const video = byId('camera-video', HTMLVideoElement);
  const take = byId('camera-take', HTMLButtonElement);
  const failure = byId('camera-error', HTMLElement);
  const open = byId('open-camera', HTMLButtonElement);
  const devices: MediaDevices | undefined = navigator.mediaDevices;
  if (!devices) open.hidden = true;

  const stop = (): void => {
    if (video.srcObject instanceof MediaStream) for (const track of video.srcObject.getTracks()) track.stop();
    video.srcObject = null;
    take.disabled = true;
  };
  dialog.addEventListener('close', stop);
  byId('camera-close', HTMLButtonElement).addEventListener('click', () => dialog.close());

  open.addEventListener('click', async () => {
    failure.hidden = true;
    dialog.showModal();
    try {
      const stream = await devices.getUserMedia(CONSTRAINTS);
      // It may have been closed while the visitor was asked.
      if (!dialog.open) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      video.srcObject = stream;
      await video.play();
      take.disabled = false;
    } catch (error) {
      failure.textContent = whyNot(error);
      failure.hidden = false;
    }
  });

  take.addEventListener('click', async () => {
    const canvas = document.createElement('canvas');
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext('2d')?.drawImage(video, 0, 0);
    dialog.close();
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
    if (blob) onPicture(new File([blob], `camera-${time}.png`, { type: blob.type }));
  });
}
