"""One thread is fastest for models as small as these, and tests run side by side."""

import torch

torch.set_num_threads(1)
