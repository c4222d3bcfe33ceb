/** A safetensors file, base64. */
export declare const weights: string;
