/** AlexNet's features and the linear heads of LPIPS, as bytes that come with the package. */

/**
 * The weights as a safetensors file: AlexNet's convolutions under torchvision's names (`alexnet.features.0.weight`, …, OIHW),
 * float16 but for the first and the biases, and the heads of LPIPS for AlexNet and VGG16, versions 0.0 and 0.1, in float32, a number per channel (`lpips.alex.v0.1.lin0`, …).
 * A module of its own (6.7 MB) that is loaded with the first call and needs no network beyond the application's own files.
 */
export async function loadLpipsWeights(): Promise<Uint8Array> {
  const { weights } = await import('../data/weights.js');
  const binary = atob(weights);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
