# pragma version 0.4.3
# @license Apache-2.0
"""
@title Tokens that are given to many at once
@notice ERC-20. Besides, whoever has tokens may pay a batch of receivers in one transaction, and
        no batch of theirs a second time, whatever is sent again.
"""
from ethereum.ercs import IERC20

implements: IERC20

BATCH_MAX: constant(uint256) = 400

event BatchPaid:
    payer: indexed(address)
    batch: indexed(bytes32)

name: public(String[64])
symbol: public(String[16])
decimals: public(constant(uint8)) = 0
totalSupply: public(uint256)
balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])
isPaid: public(HashMap[address, HashMap[bytes32, bool]])


@deploy
def __init__(_name: String[64], _symbol: String[16], _supply: uint256):
    self.name = _name
    self.symbol = _symbol
    self.totalSupply = _supply
    self.balanceOf[msg.sender] = _supply
    log IERC20.Transfer(sender=empty(address), receiver=msg.sender, value=_supply)


@external
def payBatch(
    _batch: bytes32,
    _receivers: DynArray[address, BATCH_MAX],
    _amounts: DynArray[uint256, BATCH_MAX],
):
    """
    @notice Give each receiver their amount, once for each `_batch` of the caller.
    """
    assert not self.isPaid[msg.sender][_batch], "this batch is paid already"
    assert len(_receivers) == len(_amounts), "expected an amount for each receiver"
    self.isPaid[msg.sender][_batch] = True
    total: uint256 = 0
    for amount: uint256 in _amounts:
        total += amount
    assert self.balanceOf[msg.sender] >= total, "the payer has too few tokens"
    self.balanceOf[msg.sender] -= total
    for at: uint256 in range(len(_receivers), bound=BATCH_MAX):
        assert _receivers[at] != empty(address), "expected a receiver"
        self.balanceOf[_receivers[at]] += _amounts[at]
        log IERC20.Transfer(sender=msg.sender, receiver=_receivers[at], value=_amounts[at])
    log BatchPaid(payer=msg.sender, batch=_batch)


@external
def transfer(_to: address, _value: uint256) -> bool:
    self._move(msg.sender, _to, _value)
    return True


@external
def transferFrom(_from: address, _to: address, _value: uint256) -> bool:
    self.allowance[_from][msg.sender] -= _value
    self._move(_from, _to, _value)
    return True


@external
def approve(_spender: address, _value: uint256) -> bool:
    self.allowance[msg.sender][_spender] = _value
    log IERC20.Approval(owner=msg.sender, spender=_spender, value=_value)
    return True


@internal
def _move(_from: address, _to: address, _value: uint256):
    assert _to != empty(address), "expected a receiver"
    self.balanceOf[_from] -= _value
    self.balanceOf[_to] += _value
    log IERC20.Transfer(sender=_from, receiver=_to, value=_value)
