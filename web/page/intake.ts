import { byId } from './dom.js';
import { droppedFiles, isModel, isPicture, type PickedFile, pickedFiles } from './files.js';
import { notify } from './notices.js';

export interface IntakeHandlers {
  readonly onPictures: (pictures: readonly PickedFile[]) => void;
  readonly onModel: (model: PickedFile) => void;
}

/** Every way for pictures and models into the page: buttons, drop, paste. */
export function startIntake({ onPictures, onModel }: IntakeHandlers): void {
  /** @param chosen whether the visitor chose these files one by one: then a name that tells nothing is no reason */
  const take = (files: readonly PickedFile[], chosen: boolean): void => {
    const [model] = files.filter(isModel);
    if (model) onModel(model);
    const pictures = files.filter((file) => !isModel(file) && (chosen || isPicture(file)));
    if (pictures.length > 0) onPictures(pictures);
    else if (!model)
      notify(
        files.length === 0
          ? 'There was no file in it.'
          : 'None of these files is a picture or a model: PNG, JPEG or WebP, .safetensors or .pth are needed.',
      );
  };

  const connect = (button: string, input: string, chosen: boolean): void => {
    const field = byId(input, HTMLInputElement);
    byId(button, HTMLButtonElement).addEventListener('click', () => field.click());
    field.addEventListener('change', () => {
      if (field.files?.length) take(pickedFiles(field.files), chosen);
      // The same file may be chosen again.
      field.value = '';
    });
  };
  connect('open-pictures', 'picture-files', true);
  connect('open-folder', 'folder-files', false);

  const models = byId('model-file', HTMLInputElement);
  byId('open-model', HTMLButtonElement).addEventListener('click', () => models.click());
  models.addEventListener('change', () => {
    const [model] = models.files ? pickedFiles(models.files) : [];
    if (model) onModel(model);
    models.value = '';
  });

  document.addEventListener('paste', ({ clipboardData }) => {
    const inField = document.activeElement?.matches('input, textarea');
    if (clipboardData && clipboardData.files.length > 0 && !inField)
      take(pickedFiles(clipboardData.files), true);
  });
  startDrop(take);
}

function startDrop(take: (files: readonly PickedFile[], chosen: boolean) => void): void {
  const sign = byId('drop', HTMLElement);
  const hasFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false;
  // Entering a child comes before leaving its parent, so entries are counted.
  let inside = 0;
  document.addEventListener('dragenter', (event) => {
    if (!hasFiles(event)) return;
    inside += 1;
    sign.hidden = false;
  });
  document.addEventListener('dragleave', () => {
    inside = Math.max(0, inside - 1);
    sign.hidden = inside === 0;
  });
  document.addEventListener('dragover', (event) => {
    if (hasFiles(event)) event.preventDefault();
  });
  document.addEventListener('drop', async (event) => {
    inside = 0;
    sign.hidden = true;
    if (!hasFiles(event) || !event.dataTransfer) return;
    event.preventDefault();
    const single = event.dataTransfer.items.length === 1;
    take(await droppedFiles(event.dataTransfer), single && event.dataTransfer.files.length === 1);
  });
}
