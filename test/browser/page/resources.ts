/** GPU buffers and textures that have been made and not destroyed. */
export interface ResourcesLeft {
  readonly resources: number;
  readonly bytes: number;
}

const bytesOf = (resource: GPUBuffer | GPUTexture): number => {
  if ('size' in resource) return resource.size;
  const { width, height, depthOrArrayLayers, format } = resource;
  if (!format.startsWith('rgba8') && !format.startsWith('bgra8'))
    throw new Error(`a texture of ${format}: its size is not known`);
  return 4 * width * height * depthOrArrayLayers;
};

/** Counts what is made on a device, and what of it is not destroyed, from here until `end`. */
export class ResourceCount {
  readonly #gpu: GPUDevice;
  readonly #made: Pick<GPUDevice, 'createBuffer' | 'createTexture'>;
  #resources = 0;
  #bytes = 0;

  constructor(gpu: GPUDevice) {
    this.#gpu = gpu;
    const { createBuffer, createTexture } = gpu;
    this.#made = { createBuffer, createTexture };
    gpu.createBuffer = (descriptor) => this.#count(createBuffer.call(gpu, descriptor));
    gpu.createTexture = (descriptor) => this.#count(createTexture.call(gpu, descriptor));
  }

  get left(): ResourcesLeft {
    return { resources: this.#resources, bytes: this.#bytes };
  }

  end(): void {
    Object.assign(this.#gpu, this.#made);
  }

  #count<T extends GPUBuffer | GPUTexture>(resource: T): T {
    const bytes = bytesOf(resource);
    this.#resources += 1;
    this.#bytes += bytes;
    const destroy = resource.destroy.bind(resource);
    let destroyed = false;
    resource.destroy = () => {
      if (!destroyed) {
        this.#resources -= 1;
        this.#bytes -= bytes;
      }
      destroyed = true;
      return destroy();
    };
    return resource;
  }
}
