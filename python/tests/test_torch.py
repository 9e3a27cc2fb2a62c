"""PyTorch: CPU tensors are arrays to a ufunc, and the derivatives make it a function for autograd."""

import numpy as np
import pytest
import sigmoid

torch = pytest.importorskip("torch")


class Sigmoid(torch.autograd.Function):
    """s, and its gradient from the input: nothing cancels."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.from_numpy(np.asarray(sigmoid.sigmoid(x.detach().numpy())))

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * torch.from_numpy(np.asarray(sigmoid.sigmoid_derivative(x.numpy())))


class BceWithLogits(torch.autograd.Function):
    """The binary cross entropy of a logit; the gradient is s(x) - z."""

    @staticmethod
    def forward(ctx, x, z):
        ctx.save_for_backward(x, z)
        return torch.from_numpy(sigmoid.bce_with_logits(x.detach().numpy(), z.numpy()))

    @staticmethod
    def backward(ctx, grad):
        x, z = ctx.saved_tensors
        return grad * (torch.from_numpy(sigmoid.sigmoid(x.numpy())) - z), None


def test_tensors_are_arrays():
    x = torch.linspace(-9, 9, 1000)
    s = sigmoid.sigmoid(x)
    assert np.array_equal(np.asarray(s), sigmoid.sigmoid(x.numpy()))
    assert torch.allclose(torch.as_tensor(s), torch.sigmoid(x), rtol=1e-6)


def test_in_place_and_strided():
    x = torch.randn(40, 50)
    expected = torch.sigmoid(x)
    y = x.clone()
    sigmoid.sigmoid(y.numpy(), out=y.numpy())
    assert torch.allclose(y, expected, rtol=1e-6)
    y = x.clone().t()
    sigmoid.sigmoid(y.numpy(), out=y.numpy())
    assert torch.allclose(y, expected.t(), rtol=1e-6)
    y = x.half()
    sigmoid.sigmoid(y.numpy(), out=y.numpy())
    assert torch.allclose(y.float(), expected, atol=1e-3)


def test_gradcheck():
    x = torch.randn(7, 5, dtype=torch.float64, requires_grad=True)
    z = torch.rand(7, 5, dtype=torch.float64)
    assert torch.autograd.gradcheck(Sigmoid.apply, (x,))
    assert torch.autograd.gradcheck(lambda x: BceWithLogits.apply(x, z), (x,))


def test_gradients_where_torch_has_none():
    x = torch.tensor([17.0, 30.0], requires_grad=True)
    Sigmoid.apply(x).sum().backward()
    truth = np.exp(-np.float64([17, 30]))
    assert np.allclose(x.grad.numpy(), truth, rtol=1e-6)
    (of_torch,) = torch.autograd.grad(torch.sigmoid(x).sum(), x)
    assert np.all(of_torch.numpy() == 0)


def test_errors():
    with pytest.raises(RuntimeError, match="requires grad"):
        sigmoid.sigmoid(torch.zeros(3, requires_grad=True))
    with pytest.raises((TypeError, RuntimeError, NotImplementedError), match="meta"):
        sigmoid.sigmoid(torch.zeros(3, device="meta"))
    with pytest.raises(TypeError, match="BFloat16"):
        sigmoid.sigmoid(torch.zeros(3, dtype=torch.bfloat16))
    with pytest.raises(TypeError, match="ArrayType"):
        sigmoid.sigmoid(torch.zeros(3), out=torch.zeros(3))
