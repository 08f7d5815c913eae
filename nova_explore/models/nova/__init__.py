"""Amazon Nova Multimodal Embeddings on Amazon Bedrock.

Items come in; unit vectors go out, each paid for once.
"""
