"""ONNX: networks written as it, and run by onnxruntime."""
