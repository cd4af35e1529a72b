"""What is known of papers without importing what is built on them."""

# Methods whose form is rebuilt from an abstract: their `abstract_only`.
ABSTRACT_ONLY = ("BlockReplacement", "HTAKL", "LaSNN", "TSSD")

# Reference -> authors, title, venue, year. A reference is an arXiv number, or
# words of the docstring that names the paper.
PAPERS = {
    "1409.1556": (
        "Simonyan, Karen and Zisserman, Andrew",
        "Very Deep Convolutional Networks for Large-Scale Image Recognition",
        "ICLR",
        2015,
    ),
    "1412.6550": (
        "Romero and others",
        "FitNets: Hints for Thin Deep Nets",
        "ICLR",
        2015,
    ),
    "1503.02531": (
        "Hinton, Geoffrey and Vinyals, Oriol and Dean, Jeff",
        "Distilling the Knowledge in a Neural Network",
        None,
        2015,
    ),
    "1512.03385": (
        "He, Kaiming and Zhang, Xiangyu and Ren, Shaoqing and Sun, Jian",
        "Deep Residual Learning for Image Recognition",
        "CVPR",
        2016,
    ),
    "1603.05027": (
        "He, Kaiming and Zhang, Xiangyu and Ren, Shaoqing and Sun, Jian",
        "Identity Mappings in Deep Residual Networks",
        "ECCV",
        2016,
    ),
    "1605.07146": (
        "Zagoruyko, Sergey and Komodakis, Nikos",
        "Wide Residual Networks",
        "BMVC",
        2016,
    ),
    "1610.02915": (
        "Han and others",
        "Deep Pyramidal Residual Networks",
        "CVPR",
        2017,
    ),
    "1612.03928": (
        "Zagoruyko, Sergey and Komodakis, Nikos",
        "Paying More Attention to Attention",
        "ICLR",
        2017,
    ),
    "2007.05785": (
        "Fang and others",
        "Incorporating Learnable Membrane Time Constant",
        "ICCV",
        2021,
    ),
    "2011.05280": (
        "Zheng and others",
        "Going Deeper With Directly-Trained Larger Spiking Neural Networks",
        "AAAI",
        2021,
    ),
    "2012.03236": (
        "Chen and others",
        "Cross-Layer Distillation with Semantic Calibration",
        "AAAI",
        2021,
    ),
    "2102.00650": ("Zhou and others", "Rethinking Soft Labels", "ICLR", 2021),
    "2102.04159": (
        "Fang and others",
        "Deep Residual Learning in Spiking Neural Networks",
        "NeurIPS",
        2021,
    ),
    "2106.06984": (
        "Li and others",
        "A Free Lunch From ANN: Towards Efficient, Accurate Spiking Neural "
        "Networks Calibration",
        "ICML",
        2021,
    ),
    "2112.08954": (
        "Hu and others",
        "Advancing Spiking Neural Networks Toward Deep Residual Learning",
        "TNNLS",
        2024,
    ),
    "2202.11946": (
        "Deng and others",
        "Temporal Efficient Training of Spiking Neural Network via Gradient "
        "Re-weighting",
        "ICLR",
        2022,
    ),
    "2303.04347": (
        "Bu and others",
        "Optimal ANN-SNN Conversion",
        "ICLR",
        2022,
    ),
    "2304.05627": (
        "Xu and others",
        "Constructing Deep Spiking Neural Networks from Artificial Neural "
        "Networks with Knowledge Distillation",
        "CVPR",
        2023,
    ),
    "2304.09101": (
        "Hong and others",
        "LaSNN: Layer-wise ANN-to-SNN Distillation",
        None,
        2023,
    ),
    "2406.07862": (
        "Zuo and others",
        "Self-Distillation Learning Based on Temporal-Spatial Consistency for "
        "Spiking Neural Networks",
        None,
        2024,
    ),
    "2407.09083": ("Xu and others", "BKDSNN", "ECCV", 2024),
    "2410.11488": (
        "Yu and others",
        "Advancing Training Efficiency of Deep SNNs through Rate-based "
        "Backpropagation",
        "NeurIPS",
        2024,
    ),
    "2501.08049": (
        "Hong and Wang",
        "Self-Attentive Spatio-Temporal Calibration for Precise Intermediate "
        "Layer Matching in ANN-to-SNN Distillation",
        "AAAI",
        2025,
    ),
    "2501.15925": (
        "Yu and others",
        "Efficient Logit-based Knowledge Distillation of Deep Spiking Neural "
        "Networks for Full-Range Timestep Deployment",
        "ICML",
        2025,
    ),
    "2503.02689": (
        "Zhang and others",
        "STAA-SNN: Spatial-Temporal Attention Aggregator for Spiking Neural "
        "Networks",
        "CVPR",
        2025,
    ),
    "2503.03144": (
        "Yu and others",
        "Temporal Separation with Entropy Regularization for Knowledge "
        "Distillation in Spiking Neural Networks",
        "CVPR",
        2025,
    ),
    "2503.16572": (
        "Yang and others",
        "Efficient ANN-Guided Distillation: Aligning Rate-based Features of "
        "SNNs through Hybrid Block-wise Replacement",
        "CVPR",
        2025,
    ),
    "2504.20445": (
        "Zhang and others",
        "Head-Tail-Aware KL Divergence in Knowledge Distillation for Spiking "
        "Neural Networks",
        None,
        2025,
    ),
    "2510.06254": (
        "Zhao and others",
        "An Enhanced Self-Distillation Framework",
        "NeurIPS",
        2025,
    ),
    "2605.14252": (
        None,
        "Not All Timesteps Matter Equally: Selective Alignment Knowledge "
        "Distillation for Spiking Neural Networks",
        None,
        2026,
    ),
    "CKDSNN, AAAI 2026": (None, "CKDSNN", "AAAI", 2026),
    "Strong2Weak and Weak2Strong": (
        "Ding and others",
        "Strong2Weak and Weak2Strong",
        "NeurIPS",
        2025,
    ),
    "Temporal Effective Batch Normalization": (
        "Duan and others",
        "Temporal Effective Batch Normalization in Spiking Neural Networks",
        "NeurIPS",
        2022,
    ),
    "2105.07576": (
        "Wu, Yuxin and Johnson, Justin",
        'Rethinking "Batch" in BatchNorm',
        None,
        2021,
    ),
    "Conversion of Continuous-Valued Deep Networks": (
        "Rueckauer and others",
        "Conversion of Continuous-Valued Deep Networks",
        "Frontiers in Neuroscience",
        2017,
    ),
}
